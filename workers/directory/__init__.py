"""What changed in the CRM? The last version of each record, and the differences."""
