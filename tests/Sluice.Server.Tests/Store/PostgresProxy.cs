using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Sluice.Server.Tests.Store;

/// <summary>Stands between a server and PostgreSQL: drops its connections, swallows what is said, counts its statements.</summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    private enum Mood
    {
        Passing,
        Swallowing,
        Refusing,
    }

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private readonly IPEndPoint _database;
    private readonly Task _accepting;
    private TaskCompletionSource _passes = Done();
    private volatile Mood _mood;
    private int _statements;

    private PostgresProxy(NpgsqlConnectionStringBuilder store)
    {
        _database = new IPEndPoint(Dns.GetHostAddresses(store.Host!)[0], store.Port);
        _listener.Start();
        Store = new NpgsqlConnectionStringBuilder(store.ToString())
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ToString();
        _accepting = Accept();
    }

    /// <summary>The connection string of who goes this way.</summary>
    public string Store { get; }

    /// <summary>Statements that were sent so far.</summary>
    public int Statements => Volatile.Read(ref _statements);

    public static PostgresProxy To(string store) => new(new NpgsqlConnectionStringBuilder(store));

    /// <summary>Ends all connections and takes no new ones.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _mood = Mood.Refusing;
            foreach (var socket in _open)
                socket.Dispose();
            _open.Clear();
        }
    }

    /// <summary>Keeps all connections and passes nothing on, in either direction.</summary>
    public void Swallow()
    {
        _passes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _mood = Mood.Swallowing;
    }

    /// <summary>Passes on again, also what was said meanwhile.</summary>
    public void Restore()
    {
        _mood = Mood.Passing;
        _passes.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        _passes.TrySetResult();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private async Task Accept()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync(_stop.Token);
            if (_mood == Mood.Refusing)
                client.Dispose();
            else
                _ = Join(client);
        }
    }

    private async Task Join(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (_gate)
        {
            // Taken just before the cut, and of those that it ends.
            if (_mood == Mood.Refusing)
            {
                client.Dispose();
                server.Dispose();
                return;
            }
            _open.AddRange([client, server]);
        }
        try
        {
            await server.ConnectAsync(_database, _stop.Token);
            await Task.WhenAny(
                Copy(client, server, new Frames(this)),
                Copy(server, client, frames: null)
            );
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Either side is gone, and so is the other then.
        }
        client.Dispose();
        server.Dispose();
    }

    private async Task Copy(Socket from, Socket to, Frames? frames)
    {
        var buffer = new byte[64 << 10];
        while (await from.ReceiveAsync(buffer, _stop.Token) is var length and > 0)
        {
            if (_mood == Mood.Swallowing)
                await _passes.Task;
            frames?.Read(buffer.AsSpan(0, length));
            await to.SendAsync(buffer.AsMemory(0, length), _stop.Token);
        }
    }

    /// <summary>Counts the messages that make PostgreSQL execute something.</summary>
    private sealed class Frames(PostgresProxy proxy)
    {
        private readonly byte[] _head = new byte[5];
        private int _have;
        private bool _started;
        private long _skip;

        public void Read(ReadOnlySpan<byte> sent)
        {
            while (sent.Length > 0)
            {
                if (_skip > 0)
                {
                    var passed = (int)Math.Min(_skip, sent.Length);
                    _skip -= passed;
                    sent = sent[passed..];
                    continue;
                }
                // The first message has no type.
                if (!_started && _have == 0)
                    _have = 1;
                _head[_have++] = sent[0];
                sent = sent[1..];
                if (_have < 5)
                    continue;
                if (_started && _head[0] is (byte)'Q' or (byte)'E')
                    Interlocked.Increment(ref proxy._statements);
                _skip = BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(1)) - 4;
                (_started, _have) = (true, 0);
            }
        }
    }
}
