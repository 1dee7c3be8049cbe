"""What can go wrong while the assistant works, each message saying what to do next.

AssistantError
├── SettingsError          a setting that cannot be used
├── ModelUnavailable       no language model can answer
│   ├── WeightsUnavailable no source gave the weights, or what it gave was not them
│   └── ModelStopped       the model broke off in the middle of an answer
├── QuestionRefused        a question that cannot be asked: empty, or too long
├── CorrectionRefused      a label that cannot be told: of nothing, or of a category the house has not
├── CategoryRefused        a category that cannot be made, or is there no more
├── BackupRefused          a backup that cannot be written, or not be restored; nothing was changed
└── NoSuchConversation     a conversation that was deleted, or never was
"""


class AssistantError(Exception):
    """Base of everything that this package raises on purpose; its text is fit to show a person."""


class SettingsError(AssistantError):
    """A setting has a value that cannot be used."""


class ModelUnavailable(AssistantError):
    """No language model can answer at present."""


class WeightsUnavailable(ModelUnavailable):
    """No source gave the weights, or there is no room for them, or what came was not them."""


class ModelStopped(ModelUnavailable):
    """The model broke off in the middle of an answer."""


class QuestionRefused(AssistantError):
    """The question is empty or too long to be asked."""


class CorrectionRefused(AssistantError):
    """The question is empty or too long, the house has no such category, or what was told is gone."""


class CategoryRefused(AssistantError):
    """The name is taken or is none, nothing tells the category by, or it is there no more."""


class BackupRefused(AssistantError):
    """A backup cannot be written, or cannot be restored; the house is as it was."""


class NoSuchConversation(AssistantError):
    """The conversation was deleted, or never was."""
