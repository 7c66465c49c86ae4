"""Choose the rep for a lead: rotation, capacity, working hours, absences and the ledger of turns."""
