using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Factors;

internal static class FactorRefusals
{
    public static readonly Refusal CodeNeeded = new(
        "code_needed",
        403,
        "The password is right, and this login asks for a code as well: of its authenticator, or a recovery code."
    );
    public static readonly Refusal WrongCode = new(
        "wrong_code",
        403,
        "That code is not right, or was used already; wait for the next one of the authenticator, or use a recovery code."
    );
    public static readonly Refusal ProofNeeded = new(
        "proof_needed",
        403,
        "A way in is taken away by somebody who has shown within the last ten minutes who they are: send the password to `POST /api/v1/auth/session/prove`, or sign in again."
    );
    public static readonly Refusal StepOver = new(
        "sign_in_step_over",
        403,
        "What was begun here is over: it was finished already, took longer than five minutes, or began in another browser. Begin again."
    );
    public static readonly Refusal TotpOn = new(
        "totp_on",
        409,
        "This login has an authenticator already; turn it off first."
    );
    public static readonly Refusal TotpOff = new(
        "totp_off",
        409,
        "This login has no authenticator that could do this; add one first."
    );
}
