"""Floor 10: which account does a key belong to, and how does it move? Imports desk_protocol and below.

An account key names an account and decides its partition. Five kinds exist:

    domain:<registrable domain>    a company, by the domain of its addresses
    crm:<crm_account_id>           a CRM record itself; a company without a domain is stored here
    lead:<lead_id>                 one person with a free-mail address
    name:<normalised name>         lookup key of a company name; no lead is stored here
    id:<crm_account_id>            lookup key of a CRM id; no lead is stored here

A CRM record claims the key of each of its domains and its own ``crm:`` key. The directory sends the record to each of
these keys (AccountFacts) and withdraws a claim that ends (AccountReleased). A claim names the record's primary key: the
key of its first domain, else its ``crm:`` key. If several records claim one domain, each lead there belongs to the
account that its CRM contact, the relationship, an open opportunity, or what the person gave names (shared_domains.py).
The leads of the account that holds for a person of whom only the domain is known stay at the domain. So do leads without
an account. The others are stored at the key of their account (placements.py).

A primary key stores the leads of its account and decides about them. An alias stores none once its move is
complete: it forwards every record about its leads to a primary key (forwarding.py). A key becomes an alias for one of
three reasons, the strongest first:

1. One CRM record claims it, and the record's primary key is another key.
2. The CRM's contact record of a person with free mail names a CRM account (contact_lookup.py).
3. A form names a company, and the account has no CRM record (name_lookup.py).

Reasons 2 and 3 need the primary key of a CRM account that is known only by id or name. Its lookup key answers that:

    K -> lookup key     NameAsked       K asks; the lookup key remembers K
    lookup key -> K     NameAnswered    at once, and again whenever the answer changes
    K -> lookup key     NameDropped     K no longer asks

How a key K moves. Each arrow is a record in the log of the key on its right:

    K becomes an alias of P
        K               withdraws its open hand-offs (reason account_moved)
        K -> P          AccountJoins    P records the alias
        K -> P          LeadAdopted     one per lead, in chunks
        K -> P          each later record about its leads, with K as origin_account_key

    K moves on from P to Q
        K -> Q          AccountJoins    Q records the alias before any of its leads arrives
        K -> P          AccountLeaves   repeated every hour until P answers
        P               withdraws the open hand-offs of K's leads
        P -> Q          LeadAdopted     one per lead, in chunks; P also forwards records of K that still arrive
        P -> K          AccountLeft     P has sent every lead
        K               forwards to Q from now on

    K becomes a primary key again
        The same with Q = K, without AccountJoins.

    K leaves P while P is an alias of Q, where the leads of K are by now (alias_chains.py)
        P -> Q          AccountJoins    K reaches Q by way of P. Published before the first lead or record of K
        K -> P          AccountLeaves   P sends to Q what it still stores of K
        P -> Q          AccountLeaves   Q sends the leads of K to K's new key, and answers in the name of P
        Q -> K          AccountLeft

Four rules hold in every order of arrival:

- Moves of one key do not overlap. From AccountLeaves to AccountLeft the key keeps its target. After AccountLeft it
  compares the target with its claims and lookups, and may start the next move.
- A lead is sent before a record about it. A record that finds its lead still here sends the lead first.
- A record is forwarded at most 4 times.
- If the primary key that moves has more than 20 open hand-offs, they are withdrawn in chunks before the move starts.
"""
