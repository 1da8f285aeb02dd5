using System.Diagnostics;
using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

/// <summary><c>mpirun -np 2 stereospike train</c>.</summary>
public sealed class RankedTrainTests : IDisposable
{
    private const string Scenes = "sim:boxes?rig=64x48,46,0.1&scenes=6&seconds=0.3";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [MpiFact(MpiJob.OpenMpi)]
    public void Two_ranks_of_batch_two_make_the_run_of_one_of_batch_four_and_the_first_alone_speaks()
    {
        (int code, string output, string errors) = Train(_folder.File("two"), "--batch", "2", "--epochs", "1").Finish();
        JsonObject alone = Program.Run([.. Options(_folder.File("one")), "--batch", "4", "--epochs", "1"]).Good();

        Assert.True(code == 0, errors);
        JsonObject together = JsonNode.Parse(output)!.AsObject();   // one object, though two processes ran
        Assert.Equal((2, (int)alone["steps"]!), ((int)together["ranks"]!, (int)together["steps"]!));
        Assert.Equal((double)alone["training_loss"]!, (double)together["training_loss"]!, 1e-3 * (double)alone["training_loss"]!);
        Assert.Equal((double)alone["mean_depth_error_cm"]!, (double)together["mean_depth_error_cm"]!, 1e-2 * (double)alone["mean_depth_error_cm"]!);
        Assert.True(File.Exists(Path.Combine(_folder.File("two"), "report.html")));
    }

    [MpiFact(MpiJob.OpenMpi)]
    public void A_mistake_is_told_once()
    {
        (int code, _, string errors) = Train(_folder.File("run"), "--preset", "best").Finish();

        Assert.Equal(2, code);
        Assert.Equal(2, errors.Split("\"best\" is no preset").Length);
    }

    [MpiFact(MpiJob.OpenMpi)]
    public void A_rank_that_is_killed_ends_the_run_with_a_message_and_leaves_a_checkpoint_that_one_process_goes_on_from()
    {
        string run = _folder.File("run"), log = Path.Combine(run, "log.csv");
        MpiJob job = Train(run, "--batch", "1", "--epochs", "30");
        var patience = Stopwatch.StartNew();
        while (!File.Exists(log) || File.ReadAllLines(log).Length < 3)
        {
            Assert.True(patience.Elapsed.TotalSeconds < 90, "no two epochs in a minute and a half");
            Thread.Sleep(20);
        }

        KillOne(run);
        (int code, _, string errors) = job.Finish();

        Assert.NotEqual(0, code);
        Assert.Contains("exited on signal 9 (Killed)", errors, StringComparison.Ordinal);
        JsonObject resumed = Program.Run("train", "--resume", run, "--threads", "1", "--json", "--verbose").Good();
        Assert.Null(resumed["ranks"]);
    }

    private static void KillOne(string run)
    {
        Process rank = Process.GetProcesses().Last(process => CommandLine(process).StartsWith("dotnet", StringComparison.Ordinal) && CommandLine(process).Contains(run, StringComparison.Ordinal));
        rank.Kill();
    }

    private static string CommandLine(Process process)
    {
        string path = $"/proc/{process.Id}/cmdline";
        return File.Exists(path) ? Path.GetFileName(File.ReadAllText(path).Split('\0')[0]) + " " + File.ReadAllText(path).Replace('\0', ' ') : "";
    }

    private static MpiJob Train(string run, params string[] options) => MpiJob.Start(MpiJob.OpenMpi, 2, [Program.Assembly, .. Options(run), .. options]);

    private static string[] Options(string run) => ["train", "--data", Scenes, "--out", run, "--width", "64", "--height", "48", "--channels", "0.0625", "--threads", "1", "--json"];
}
