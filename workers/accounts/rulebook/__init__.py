"""Floor 2: what does the policy demand of an event, a company or a person? The policy, precompiled. Imports state."""
