"""The main window: docks, menus, messages and status. It connects panels with the session and knows no model."""
