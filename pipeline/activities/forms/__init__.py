"""Forms: from the control that opened one to the control that sent it, and what each was for."""
