using System.Text.Json.Nodes;
using StereoSpike.EndToEnd.Tests;
using StereoSpike.Tests;

namespace StereoSpike.Fleet.Tests;

/// <summary>The built command as a fleet of one, without any server.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_process_does_all_recordings_in_ranges_and_says_which_of_them_it_could_not()
    {
        string walk = _folder.File("walk_data.hdf5"), bad = _folder.File("bad.txt");
        Program.Run("simulate", walk, "--rig", "davis240", "--scene", "boxes", "--seconds", "0.2", "--json").Good();
        File.WriteAllText(bad, "no events");
        Program.Answer answer = Program.Run("fleet", "submit", "convert", walk, bad, "--root", _folder.Path, "--out", _folder.File("out"), "--to", "txt", "--camera", "left", "--tries", "1", "--json");

        Assert.Equal(1, answer.ExitCode);
        Assert.Equal((1, 1), ((int)answer.Json["jobs"]!["done"]!, (int)answer.Json["jobs"]!["failed"]!));
        Assert.StartsWith("bad", (string)answer.Json["set_aside"]![0]!["recording"]!, StringComparison.Ordinal);
        string result = Assert.Single(Directory.GetDirectories(_folder.File("out")));
        Assert.True(new FileInfo(Path.Combine(result, "walk.txt")).Length > 0);
        Assert.True((long)JsonNode.Parse(File.ReadAllText(Path.Combine(result, "answer.json")))!["events_written"]! > 0);
    }

    [Fact]
    public void What_cannot_be_is_refused_in_one_line()
    {
        Refused("fleet status needs a queue that outlives its programs: --nats", "fleet", "status");
        Refused("lies outside", "fleet", "submit", "convert", _folder.File("../x_data.hdf5"), "--root", _folder.Path, "--out", _folder.File("out"));
        Refused("nats://127.0.0.1:1: no NATS server lets us in there", "fleet", "work", "--nats", "nats://127.0.0.1:1");
        Refused("\"a.b\" cannot name a queue", "fleet", "work", "--nats", "nats://127.0.0.1:1", "--queue", "a.b");

        static void Refused(string expected, params string[] arguments)
        {
            Program.Answer answer = Program.Run(arguments);
            Assert.Equal(2, answer.ExitCode);
            Assert.Contains(expected, Assert.Single(answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }
    }
}
