"""Text to typed records with offsets. The only room that knows pyparsing.

`lexical` holds the terminals, `bang` and `rfc822` the rules, `tree` the pyparsing grammar of record that explains
what the fast patterns refuse. No pyparsing object leaves this room.
"""
