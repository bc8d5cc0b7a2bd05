using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Secrets;

/// <summary>Makes a new master key in the file and wraps every data key anew, behind the request; nothing stops being readable.</summary>
internal static class RotateMasterKey
{
    public static async Task<IResult> Handle(
        MasterKeys masters,
        SecretRotator rotator,
        Database database,
        CancellationToken stop
    )
    {
        if (!masters.InFile)
            return SecretRefusals.MasterKeyIsSetOutside;
        masters.Rotate();
        rotator.Wake();
        return await ShowSecretKeys.Answer(masters, database, StatusCodes.Status202Accepted, stop);
    }
}
