namespace Sluice.Server.Store;

/// <summary>A row of which some columns are kept in another form than they are used in: sealed, or in another table.</summary>
internal interface IKeptRow
{
    /// <summary>Brings them into the form in which they are used: once, when the row has been read.</summary>
    ValueTask Open(Session session, PayloadOpener opener);
}

/// <summary>Gives back a payload in the form in which it is used; null for null.</summary>
/// <param name="session">That the row was read with.</param>
/// <param name="tenantId">Whose it is.</param>
/// <param name="runId">What it belongs to.</param>
/// <param name="place">Where in it.</param>
/// <param name="kept">What the row holds.</param>
internal delegate ValueTask<byte[]?> PayloadOpener(
    Session session,
    string tenantId,
    string runId,
    string place,
    byte[]? kept
);
