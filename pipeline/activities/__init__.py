"""What the steps of a story were for: each question is decided here once, and everything else asks."""

from pipeline.activities.password_forms import PasswordForm, PasswordForms, Purpose, password_forms
from pipeline.activities.verdicts import Evidence, Verdict

__all__ = ["Evidence", "PasswordForm", "PasswordForms", "Purpose", "Verdict", "password_forms"]
