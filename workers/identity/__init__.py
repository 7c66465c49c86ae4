"""Identity of people, companies and events: addresses, domains, lead ids, event times, repeats. Pure functions."""
