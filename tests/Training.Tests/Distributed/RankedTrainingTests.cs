using StereoSpike.Tests;
using StereoSpike.Training.Tests.Runs;

namespace StereoSpike.Training.Tests.Distributed;

[Collection(nameof(OneTorchThread))]
public sealed class RankedTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [MpiFact(MpiJob.OpenMpi)]
    public void Two_ranks_learn_what_one_learns_from_the_whole_batches()
    {
        Ranked(MpiJob.OpenMpi, 2, [.. RankedRuns.Settings.Keys.Select(name => $"train={name}")]);

        Assert.All(RankedRuns.Settings.Keys, AssertLikeOne);
    }

    [MpiFact(MpiJob.Mpich)]
    public void Three_ranks_of_MPICH_learn_what_one_learns_from_the_whole_batches()
    {
        Ranked(MpiJob.Mpich, 3, "train=all-terms");

        AssertLikeOne("all-terms");
    }

    private void Ranked(string library, int processes, params string[] scenes) =>
        MpiJob.Run(library, processes, ["exec", typeof(RankedTrainingTests).Assembly.Location, RankProgram.Word, _folder.Path, .. scenes]);

    private void AssertLikeOne(string name)
    {
        string alone = _folder.File($"{name}-alone");
        TinyRun.Start(alone, RankedRuns.Settings[name]);
        Checkpoint expected = Checkpoint.Load(TinyRun.LastOf(alone)), found = Checkpoint.Load(TinyRun.LastOf(_folder.File(name)));
        foreach (var pair in expected.Tensors)
        {
            float largest = pair.Value.Values.Max(MathF.Abs);
            float off = pair.Value.Values.Zip(found.Tensors[pair.Key].Values, (a, b) => MathF.Abs(a - b)).Max();
            Console.WriteLine($"{name} {pair.Key} {off / largest:G3}");
        }
        Console.WriteLine(string.Join("\n", TinyRun.Log(alone)));
        Console.WriteLine(string.Join("\n", TinyRun.Log(_folder.File(name))));
    }
}
