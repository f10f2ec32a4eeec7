"""The yearly endorsement of residence permits (居住证暂行条例 article 10): rules and standing."""
