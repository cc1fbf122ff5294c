"""Many filled workbooks → the commune's summary, and the sheets of its workbook."""
