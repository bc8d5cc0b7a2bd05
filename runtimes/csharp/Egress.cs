#nullable enable
using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Axiom.Runtime;

/// <summary>
/// Leads from the loopback of this sandbox, where clients look for a proxy (<c>HTTPS_PROXY</c>), to the one socket that
/// leads out of it.
/// </summary>
internal static class Egress
{
    private const int Port = 3128;
    private const int MaxConnections = 32;

    /// <summary>Does nothing for a package without a grant.</summary>
    public static void Start()
    {
        if (Environment.GetEnvironmentVariable("SLUICE_EGRESS") is { Length: > 0 } path)
            Open(path);
    }

    // Apart, so that others load no sockets.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Open(string path)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        listener.Listen(MaxConnections);
        Run(() => Accept(listener, new UnixDomainSocketEndPoint(path)));
    }

    private static void Accept(Socket listener, UnixDomainSocketEndPoint way)
    {
        while (true)
        {
            var inner = listener.Accept();
            var outer = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                outer.Connect(way);
                Run(() => Pass(inner, outer));
                Run(() => Pass(outer, inner));
            }
            catch (SocketException)
            {
                inner.Dispose();
                outer.Dispose();
            }
        }
    }

    /// <summary>Copies to the end of one side, and says it to the other.</summary>
    private static void Pass(Socket from, Socket to)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (from.Receive(buffer) is var count && count > 0)
                to.Send(buffer.AsSpan(0, count));
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            from.Dispose();
            to.Dispose();
        }
        catch (ObjectDisposedException)
        {
            // The other way broke.
        }
    }

    private static void Run(ThreadStart work) =>
        new Thread(work, maxStackSize: 256 << 10) { IsBackground = true }.Start();
}
