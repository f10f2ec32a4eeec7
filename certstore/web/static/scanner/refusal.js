// What is not as the formats say is refused with a cause and a sentence, the same as the service's.

/** A text, message or list that is not what the format says; `cause` names the step. */
export class Refusal extends Error {
  constructor(detail, cause) {
    super(detail);
    this.detail = detail;
    this.cause = cause;
  }
}

/** Refuses; never returns. */
export function refuse(detail, cause) {
  throw new Refusal(detail, cause);
}
