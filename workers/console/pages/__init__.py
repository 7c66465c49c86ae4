"""The pages of the console: a module for each, from a query to a typed view. `page_list.py` lists them."""
