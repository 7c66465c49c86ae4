"""How a batch is consumed, decided and committed exactly once; knows no lead."""
