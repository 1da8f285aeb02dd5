using StereoSpike.Model;
using StereoSpike.Tests;
using StereoSpike.Training.Tests.Runs;

namespace StereoSpike.Training.Tests.Distributed;

[Collection(nameof(OneTorchThread))]
public sealed class RankedTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [MpiFact(MpiJob.OpenMpi)]
    public void Ranks_of_Open_MPI_exchange_what_they_should_and_the_runtime_keeps_its_signals() => AssertExchanges(MpiJob.OpenMpi, 2);

    [MpiFact(MpiJob.Mpich)]
    public void Ranks_of_MPICH_exchange_what_they_should_and_the_runtime_keeps_its_signals() => AssertExchanges(MpiJob.Mpich, 3);

    [MpiFact(MpiJob.OpenMpi)]
    public void Two_ranks_learn_what_one_learns_from_the_whole_batches()
    {
        Ranked(MpiJob.OpenMpi, 2, [.. RankedRuns.Settings.Keys.Select(name => $"train={name}")]);

        Assert.All(RankedRuns.Settings.Keys, AssertLikeOne);
    }

    [MpiFact(MpiJob.Mpich)]
    public void Three_ranks_of_MPICH_learn_what_one_learns_from_the_whole_batches()
    {
        Ranked(MpiJob.Mpich, 3, "train=paper");

        AssertLikeOne("paper");
    }

    [MpiFact(MpiJob.OpenMpi)]
    public void A_run_that_one_rank_was_told_to_stop_stops_on_all_after_the_same_step_and_goes_on_with_another_number_of_ranks()
    {
        // 4 batches an epoch; cut in the second, by the second rank of three, then taken up by two and by one.
        Ranked(MpiJob.OpenMpi, 3, "cut=all-terms=6");
        Assert.Equal((1, 2, 6L), Place());
        Directory.CreateDirectory(_folder.File("one"));
        Assert.All(Directory.GetFiles(_folder.File("all-terms")), file => File.Copy(file, Path.Combine(_folder.File("one"), Path.GetFileName(file))));

        Ranked(MpiJob.OpenMpi, 2, "resume=all-terms");
        TinyRun.Resume(_folder.File("one"));

        AssertLikeOne("all-terms");
        AssertClose("all-terms", _folder.File("one"), _folder.File("all-terms"));

        (int Epoch, int BatchesDone, long Steps) Place()
        {
            Checkpoint checkpoint = Checkpoint.Load(TinyRun.LastOf(_folder.File("all-terms")));
            return (checkpoint.Epoch, checkpoint.BatchesDone, checkpoint.Steps);
        }
    }

    [MpiFact(MpiJob.OpenMpi)]
    public void A_rank_that_fails_alone_takes_the_waiting_others_along_and_ranks_that_fail_together_end_in_good_order()
    {
        (int code, _, string errors) = Job(MpiJob.OpenMpi, 3, "fail=alone").Finish();
        Assert.Equal(5, code);
        Assert.Contains("rank 1 fails alone", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("rank 0", errors, StringComparison.Ordinal);

        (code, _, errors) = Job(MpiJob.OpenMpi, 2, "fail=together").Finish();
        Assert.Equal(4, code);
        Assert.Contains("rank 0 fails with all", errors, StringComparison.Ordinal);
        Assert.Contains("rank 1 fails with all", errors, StringComparison.Ordinal);
    }

    private void AssertExchanges(string library, int ranks)
    {
        Ranked(library, ranks, "exchange");

        // Ranks 0, 1, …: their numbers' sum, how many they are, as many tenths; what the last one told; the first one's bytes; 1 + 2 + … of each rank's number plus one.
        float tenths = Enumerable.Repeat(0.1f, ranks).Sum();
        for (int rank = 0; rank < ranks; rank++)
        {
            string[] said = File.ReadAllText(_folder.File($"{rank}.txt")).Split("; ");
            Assert.Equal($"{rank} of {ranks}: {ranks * (ranks - 1) / 2} {ranks}", said[0][..said[0].LastIndexOf(' ')]);
            Assert.Equal(tenths, float.Parse(said[0].Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture), 1e-6f);
            int sum = ranks * (ranks + 1) / 2;
            Assert.Equal(["1099511627776", "7 8 9", $"{sum} {sum}", "True False"], said[1..5]);
            Assert.Equal(Math.Max(1, Environment.ProcessorCount / ranks), int.Parse(said[5], System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal("caught", said[6]);
        }
    }

    private MpiJob Job(string library, int processes, params string[] scenes) =>
        MpiJob.Start(library, processes, ["exec", typeof(RankedTrainingTests).Assembly.Location, RankProgram.Word, _folder.Path, .. scenes]);

    private void Ranked(string library, int processes, params string[] scenes)
    {
        (int code, string output, string errors) = Job(library, processes, scenes).Finish();
        Assert.True(code == 0, $"exit code {code}: {errors}{output}");
    }

    private void AssertLikeOne(string name)
    {
        string alone = _folder.File($"{name}-alone");
        TinyRun.Start(alone, RankedRuns.Settings[name]);
        AssertClose(name, alone, _folder.File(name));
    }

    /// <summary>Sums of thousands of floats in another order, over eight steps of Adam: weights, moments and averages agree to a ten-thousandth of each tensor's largest value.</summary>
    private static void AssertClose(string name, string expected, string found)
    {
        IReadOnlyDictionary<string, WeightTensor> one = Checkpoint.Load(TinyRun.LastOf(expected)).Tensors, other = Checkpoint.Load(TinyRun.LastOf(found)).Tensors;
        Assert.Equal(one.Keys, other.Keys);

        // A bias before a batch normalisation changes nothing: its gradient is rounding alone, and Adam makes whole steps of that.
        foreach ((string tensor, WeightTensor values) in one.Where(pair => !(name == "twin" && pair.Key.EndsWith(".bias", StringComparison.Ordinal))))
        {
            float largest = values.Values.Max(MathF.Abs), off = values.Values.Zip(other[tensor].Values, (a, b) => MathF.Abs(a - b)).Max();
            Assert.True(off <= (1e-4f * largest) + 1e-9f, $"{name}, {tensor}: off by {off} where the largest is {largest}");
        }

        double[][] logs = [.. new[] { expected, found }.Select(folder => TinyRun.Log(folder).Skip(1).SelectMany(line => line.Split(',')).Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];
        Assert.All(logs[0].Zip(logs[1]), pair => Assert.True(pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= 1e-3 * Math.Abs(pair.First), $"{name}: {pair.First} and {pair.Second}"));
    }
}
