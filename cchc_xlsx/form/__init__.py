"""What a form may declare, and loading it with every mistake told at once."""
