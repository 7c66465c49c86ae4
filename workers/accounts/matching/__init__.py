"""Which account is it? Aliases, adoption, company names, parents: where a lead's rows live, and how they move."""
