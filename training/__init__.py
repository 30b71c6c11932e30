"""The GPU side: SFT and GRPO on exports, sampling; knows the verifier and no Django, and speaks HTTP to the app."""
