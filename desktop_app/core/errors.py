"""Errors whose text is written for the person in front of the screen."""


class UserError(Exception):
    """Something that a person can mend; str(error) says what happened and what to do."""


class BadFile(UserError):
    """A file that cannot be used as what it was opened as."""


class NeedsTorch(UserError):
    """This model cannot answer before torch has arrived."""


class SecondModelFailed(UserError):
    """The model that should answer beside the first cannot; the first can."""


class WrongUse(UserError):
    """The command line asks for what there is not."""
