"""The statements that storage asks the database, by table."""
