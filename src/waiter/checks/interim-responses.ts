/** A server has a reason for one or two (103 Early Hints); a response that never comes is none. */
const MAX_INTERIM_RESPONSES = 8;

/** A listener for interim responses (1xx), which gives up with an error when there are too many of them. */
export function interimResponses(giveUp: (error: Error) => void): () => void {
  let count = 0;
  return () => {
    count++;
    if (count > MAX_INTERIM_RESPONSES)
      giveUp(new Error(`more than ${MAX_INTERIM_RESPONSES} interim responses (HTTP 1xx) and no other`));
  };
}
