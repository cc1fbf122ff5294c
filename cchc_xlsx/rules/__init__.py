"""What is looked for: one file a code letter, each rule with its wording, explanation, examples and logic in one place."""
