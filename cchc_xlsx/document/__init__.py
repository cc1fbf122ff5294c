"""The periodic report as a Word document or as one page."""
