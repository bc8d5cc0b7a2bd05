namespace Sluice.Runner.Tests.Abuse;

/// <summary>What a node can do to files that are not its own.</summary>
public sealed class FileTests(Arena arena)
{
    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("read another tenant's files")]
    public Task A_node_cannot_read_another_tenants_files(string tier) =>
        arena.Stopped(
            tier,
            """
            attempt('read', lambda: open(a['victim_file']).read())
            attempt('list', lambda: 'kept' in os.listdir(os.path.dirname(a['victim_file'])))
            attempt('through its root', lambda: open(f"/proc/{a['victim']}/root" + a['victim_file']).read())
            attempt('through its folder', lambda: open(f"/proc/{a['victim']}/cwd/kept").read())
            attempt('package', lambda: open(a['victim_package']).read())
            attempt('link', lambda: os.link(a['victim_package'], home + '/link'))
            """,
            proven: ["package"],
            asRoot: ["through its root", "through its folder"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("read the host's files, `/etc/passwd`")]
    public Task A_node_cannot_read_files_of_the_host(string tier) =>
        arena.Stopped(
            tier,
            """
            os.symlink(a['host'] + '/file', home + '/symlink')
            up = '../' * 12
            attempt('file', lambda: open(a['host'] + '/file').read())
            attempt('passwd', lambda: open('/etc/passwd').read())
            attempt('upwards', lambda: open(up + 'etc/passwd').read())
            attempt('by symlink', lambda: open(home + '/symlink').read())
            attempt('by its own root', lambda: open('/proc/self/root/etc/passwd').read())
            attempt('by its own folder', lambda: open('/proc/self/cwd/' + up + 'etc/passwd').read())
            attempt('by a descriptor', lambda: os.open('etc/passwd', os.O_RDONLY, dir_fd=os.open('/', os.O_PATH)))
            attempt('host folder', lambda: os.listdir(a['host']))
            attempt('data folder', lambda: os.listdir(a['data']))
            """,
            [
                "file",
                "passwd",
                "upwards",
                "by symlink",
                "by its own root",
                "by its own folder",
                "by a descriptor",
                "host folder",
                "data folder",
            ]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("write outside its temporary folder")]
    public Task A_node_cannot_write_or_delete_outside_its_temporary_folder(string tier) =>
        arena.Stopped(
            tier,
            """
            attempt('write', lambda: open(a['host'] + '/file', 'a').write('x'))
            attempt('truncate', lambda: os.truncate(a['host'] + '/file', 0))
            attempt('make', lambda: os.rmdir(os.mkdir(a['host'] + '/made') or a['host'] + '/made'))
            attempt('rename', lambda: os.rename(a['host'] + '/doomed', a['host'] + '/renamed'))
            attempt('delete', lambda: os.unlink(a['host'] + '/renamed'))
            if a['inside']:
                for place in ('/', '/usr', '/etc', '/dev', '/proc', '/proc/sys/kernel', os.path.dirname(sys.modules['nodes.all'].__file__)):
                    attempt(place, lambda: open(place + '/core_pattern', 'w'))
                attempt('its own program', lambda: open('/proc/self/exe', 'r+b'))
            """,
            ["write", "truncate", "make", "rename", "delete"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("change modes, times or attributes of the host's files and devices")]
    public Task A_node_cannot_change_modes_times_or_attributes_of_files_of_the_host(string tier) =>
        arena.Stopped(
            tier,
            """
            file = a['host'] + '/file'
            def device():
                fd = os.open('/dev/null', os.O_RDONLY)
                os.fchmod(fd, 0o666)
            attempt('mode', lambda: os.chmod(file, 0o600))
            attempt('times', lambda: os.utime(file))
            attempt('watch', lambda: ok(libc.inotify_add_watch(libc.inotify_init(), a['host'].encode(), 2)))
            attempt('mode of a device', lambda: os.chmod('/dev/null', 0o666))
            attempt('mode of an open device', device)
            attempt('mode of a program', lambda: os.chmod('/proc/1/exe', os.stat('/proc/1/exe').st_mode & 0o7777))
            attempt('owner of a device', lambda: os.chown('/dev/null', os.getuid(), os.getgid()))
            """,
            ["mode", "times", "watch"],
            asRoot: ["mode of a device", "mode of an open device"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("find out which files and processes exist")]
    [Leaks("process", "which other processes and files exist")]
    public Task A_node_cannot_find_out_which_files_and_processes_exist(string tier)
    {
        const string script = """
            attempt('size of a file', lambda: os.stat(a['host'] + '/file').st_size)
            attempt('a process', lambda: os.getsid(a['sleeper']))
            """;
        string[] both = ["size of a file", "a process"];
        return tier == "process"
            ? arena.Leaks(tier, script, both, both)
            : arena.Stopped(tier, script, both);
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("one file larger than its limit")]
    public Task A_node_cannot_make_a_file_larger_than_its_limit(string tier) =>
        arena.Stopped(
            tier,
            """
            def large():
                with open(home + '/large', 'wb', 0) as file:
                    for _ in range(9):
                        if file.write(bytes(1 << 20)) < 1 << 20:
                            return False
            attempt('large', large)
            """,
            ["large"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("fill the disk")]
    [Leaks("process", "fill the disk")]
    public Task A_node_cannot_fill_the_disk_with_many_files(string tier)
    {
        const string script = """
            def many():
                for number in range(9):
                    with open(f'{home}/{number}', 'wb', 0) as file:
                        if file.write(bytes(2 << 20)) < 2 << 20:
                            return False
            attempt('many', many)
            """;
        return tier == "process"
            ? arena.Leaks(tier, script, ["many"], ["many"])
            : arena.Stopped(tier, script, ["many"]);
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("get somewhere through `/proc/self/fd` and the like")]
    public Task A_node_finds_nothing_behind_its_descriptors_but_its_own_pipes(string tier) =>
        arena.Stopped(
            tier,
            """
            import stat
            def opens(fd):
                os.fstat(fd)
                return not stat.S_ISFIFO(os.fstat(fd).st_mode) or fd > 4
            for fd in range(64):
                attempt(f'descriptor {fd}', lambda: opens(fd))
            for link in (f'/proc/self/fd/{fd}' for fd in range(5)):
                attempt(link, lambda: os.listdir(link + '/..'))
            attempt('root', lambda: 'passwd' in os.listdir('/proc/self/root/etc'))
            attempt('root of 1', lambda: len(os.listdir('/proc/1/root/etc')) > 2)
            attempt('task', lambda: 'passwd' in os.listdir('/proc/self/task/%d/root/etc' % os.getpid()))
            attempt('program of 1', lambda: open('/proc/1/exe', 'r+b'))
            attempt('memory of 1', lambda: open('/proc/1/mem', 'r+b'))
            """,
            ["root"]
        );
}
