"""The console: web pages over the store of results (docs/console.md)."""
