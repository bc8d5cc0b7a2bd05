using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Sidecar;

/// <summary>What a descriptor is to its owner.</summary>
internal enum PipeRole
{
    /// <summary>Frames from the worker.</summary>
    Channel = 0,

    /// <summary>What the worker prints.</summary>
    Output = 1,

    /// <summary>Becomes readable when the process has ended.</summary>
    Exit = 2,

    /// <summary>Frames to the worker; heard only while a write waits for room.</summary>
    Writable = 3,
}

/// <summary>Owns descriptors that the loop watches. Its methods run on the loop's thread and never wait.</summary>
internal abstract class PipeOwner
{
    internal uint LoopId { get; set; }

    /// <param name="role">Which of its descriptors has something.</param>
    /// <param name="scratch">A buffer that is the owner's until it returns.</param>
    public abstract void OnReady(PipeRole role, Span<byte> scratch);
}

/// <summary>
/// One thread that watches every worker's pipes, so that a thousand workers need no thousand threads. Reading happens
/// on it, in pieces of 64 KiB with every worker getting its turn; finished calls continue on the thread pool.
/// </summary>
internal sealed unsafe class PipeLoop : IDisposable
{
    private const int ScratchSize = 64 << 10;
    private readonly int _epoll = Native.epoll_create1(Native.O_CLOEXEC);
    private readonly int _wake = Native.eventfd(0, Native.O_CLOEXEC | Native.O_NONBLOCK);
    private readonly ConcurrentDictionary<uint, PipeOwner> _owners = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Thread _thread;
    private uint _lastId;
    private volatile bool _stopped;
    private int _disposed;

    public PipeLoop()
    {
        Control(Native.EPOLL_CTL_ADD, _wake, Native.EPOLLIN, 0);
        _thread = new Thread(Run) { IsBackground = true, Name = "sluice-pipes" };
        _thread.Start();
    }

    /// <summary>Gives an owner its number; descriptors are watched after this.</summary>
    public void Enter(PipeOwner owner)
    {
        owner.LoopId = Interlocked.Increment(ref _lastId);
        _owners[owner.LoopId] = owner;
    }

    public void Leave(PipeOwner owner) => _owners.TryRemove(owner.LoopId, out _);

    public void Watch(PipeOwner owner, PipeRole role, int fd) =>
        Control(
            Native.EPOLL_CTL_ADD,
            fd,
            role == PipeRole.Writable ? Native.EPOLLONESHOT : Native.EPOLLIN,
            Tag(owner, role)
        );

    /// <summary>Asks for one <see cref="PipeRole.Writable"/> when there is room again.</summary>
    public void AwaitWritable(PipeOwner owner, int fd) =>
        Control(
            Native.EPOLL_CTL_MOD,
            fd,
            Native.EPOLLOUT | Native.EPOLLONESHOT,
            Tag(owner, PipeRole.Writable)
        );

    public void Unwatch(int fd) => Control(Native.EPOLL_CTL_DEL, fd, 0, 0);

    /// <summary>Runs something on the loop's thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        Wake();
    }

    public void Dispose()
    {
        // A second time the two numbers may mean a descriptor of somebody else.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _stopped = true;
        Wake();
        _thread.Join();
        _ = Native.close(_wake);
        _ = Native.close(_epoll);
    }

    private static ulong Tag(PipeOwner owner, PipeRole role) =>
        ((ulong)owner.LoopId << 2) | (uint)role;

    private void Control(int operation, int fd, uint events, ulong data)
    {
        var change = new Native.EpollEvent { Events = events, Data = data };
        if (
            Native.epoll_ctl(_epoll, operation, fd, &change) != 0
            && operation == Native.EPOLL_CTL_ADD
        )
            throw new IOException($"epoll_ctl failed, errno {Marshal.GetLastPInvokeError()}");
    }

    private void Wake()
    {
        var one = 1UL;
        _ = Native.write(_wake, (byte*)&one, sizeof(ulong));
    }

    private void Run()
    {
        const int capacity = 64;
        var events = stackalloc Native.EpollEvent[capacity];
        var scratch = new byte[ScratchSize];
        while (!_stopped)
        {
            var count = Native.epoll_wait(_epoll, events, capacity, -1);
            for (var i = 0; i < count; i++)
            {
                var id = (uint)(events[i].Data >> 2);
                if (id == 0)
                    RunPosted();
                else if (_owners.TryGetValue(id, out var owner))
                    owner.OnReady((PipeRole)(events[i].Data & 3), scratch);
            }
        }
    }

    private void RunPosted()
    {
        ulong count;
        _ = Native.read(_wake, (byte*)&count, sizeof(ulong));
        while (_posted.TryDequeue(out var action))
            action();
    }
}
