"""One SQLite file: what is owed, what came, from whom, when, with what result, and what we sent."""
