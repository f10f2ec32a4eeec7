// The answer to "is the certificate shown to me good?": one verdict, every reason, every check.

/** From the gravest to the best: several things wrong, the first wins. */
export const VERDICTS = ['unknown_issuer', 'tampered', 'revoked', 'superseded', 'lost', 'suspended', 'malformed', 'replayed', 'expired', 'not_yet_valid', 'stale_list', 'valid'];

/** Collects, step by step, what a judgement found; `result` sums it up. */
export class Findings {
  verdicts = [];

  reasons = [];

  checks = [];

  passed(name, detail = '') {
    this.checks.push({ name, passed: true, detail });
  }

  failed(name, verdict, reason, detail = '') {
    this.checks.push({ name, passed: false, detail });
    this.verdicts.push(verdict);
    this.remark(reason);
  }

  /** A step that could not be decided and changes no verdict by itself. */
  undecided(name, detail = '') {
    this.checks.push({ name, passed: null, detail });
  }

  remark(reason) {
    if (!this.reasons.includes(reason)) this.reasons.push(reason);
  }

  get verdict() {
    return VERDICTS.find((verdict) => this.verdicts.includes(verdict)) ?? 'valid';
  }

  result(fields = {}) {
    return { verdict: this.verdict, reasons: this.reasons, checks: this.checks, fields };
  }
}
