"""Many communes' figures → the workbook of the level above: matrix, totals, details, sources, problems, dashboard."""
