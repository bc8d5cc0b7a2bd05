using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Secrets;

/// <summary>Makes a new master key in the file and wraps every data key anew, behind the request; nothing stops being readable.</summary>
internal static class RotateMasterKey
{
    public static async Task<IResult> Handle(
        MasterKeys masters,
        Origin origin,
        SecretRotator rotator,
        Database database,
        CancellationToken stop
    )
    {
        if (!masters.InFile)
            return SecretRefusals.MasterKeyIsSetOutside;
        // On record before it is done: a rotation cannot be undone, and one that fails leaves everything as it is.
        await database.Write(
            session =>
                Audit.Record(
                    session,
                    origin,
                    new Fact("master_key.rotate", "master_key", masters.Ring.Current.Id.ToString())
                ),
            stop
        );
        masters.Rotate();
        rotator.Wake();
        return await ShowSecretKeys.Answer(masters, database, StatusCodes.Status202Accepted, stop);
    }
}
