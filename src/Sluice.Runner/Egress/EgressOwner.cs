using System.Text;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Egress;

/// <summary>Whose worker a gate is for.</summary>
/// <param name="TenantId">Its tenant.</param>
/// <param name="Package"><c>handle/name@version</c>.</param>
internal sealed record EgressOwner(string TenantId, string Package)
{
    /// <summary>Leaves a socket to the user that the worker runs as, and to nobody else.</summary>
    public void Take(string socket)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (!TenantUsers.Available || !TenantUsers.CanReach(socket))
            return;
        var user = TenantUsers.Of(TenantId);
        unsafe
        {
            fixed (byte* at = Encoding.UTF8.GetBytes(socket + "\0"))
            {
                if (Native.chown(at, user, user) != 0)
                    throw new IOException("A socket could not be given to its user.");
            }
        }
    }
}
