"""The commune's summaries → what its periodic report says, before it is Word or a page."""
