"""Placing an issue on a grid: the only room that knows where a cell is."""
