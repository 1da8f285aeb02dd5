using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;

namespace StereoSpike.Training.Tests.Sequences;

[Collection(nameof(OneTorchThread))]
public class StartStudyTests
{
    private const int Classes = 4;
    private static readonly (SpikeTimeSet Training, SpikeTimeSet Test) Sets = SequenceTasks.Manifolds(new RandomManifolds(Classes, 12, 1, 2, seed: 9), perClass: 60, steps: 40, seed: 1).Split(40);

    [Fact]
    public void A_deep_network_learns_from_fluctuations_and_not_from_a_start_that_leaves_it_silent()
    {
        StartStudy study = Study(new StartStudySettings { Epochs = 30, Learning = Learning });

        StartScore started = study.Run("fluctuation", seed: 1), silent = study.Run("default", seed: 1);

        Assert.True(started.TestAccuracy > 0.7, $"{started.TestAccuracy} of unseen points");
        Assert.Equal(1.0 / Classes, silent.TestAccuracy, 1e-9);   // nothing arrives at the readout: all potentials are 0, and the first class takes every sample
        Assert.Equal(1.0, silent.Start.Layers[^1].SilentShare);
        Assert.Equal(Math.Log(Classes), silent.Losses[^1], 1e-5);
        Assert.True(started.Losses[^1] < 0.8 * started.Losses[0]);
    }

    [Fact]
    public void The_seed_alone_decides_what_a_start_reaches()
    {
        StartStudy study = Study(new StartStudySettings { Epochs = 1, Learning = Learning });

        StartScore first = study.Run("fluctuation:centre=true", seed: 3), again = study.Run("fluctuation:centre=true", seed: 3), other = study.Run("fluctuation:centre=true", seed: 4);

        Assert.Equal((first.Losses[0], first.TestAccuracy), (again.Losses[0], again.TestAccuracy));
        Assert.NotEqual(first.Losses[0], other.Losses[0]);
    }

    [Fact]
    public void Labels_dealt_out_at_random_teach_nothing_about_others()
    {
        var study = new StartStudy(Graph(), Sets.Training.WithShuffledLabels(seed: 1), Sets.Test, new StartStudySettings { Epochs = 12, Learning = Learning });

        // 80 test samples of 4 classes: chance is 0.25, its deviation √(0.25·0.75/80) = 0.048; four of those.
        Assert.InRange(study.Run("fluctuation", seed: 1).TestAccuracy, 0.06, 0.44);
    }

    [Fact]
    public void Passes_are_counted_with_those_of_priming_and_stop_when_asked()
    {
        using var cancellation = new CancellationTokenSource();
        var passes = new List<int>();
        StartStudy study = Study(new StartStudySettings { Epochs = 5, PrimingEpochs = 2, Learning = Learning with { Bounds = ActivityBoundSettings.Priming } });

        Assert.Throws<OperationCanceledException>(() => study.Run("fluctuation", seed: 1, pass =>
        {
            passes.Add(pass);
            if (pass == 3)
            {
                cancellation.Cancel();
            }
        }, cancellation.Token));

        Assert.Equal([1, 2, 3], passes);
    }

    [Fact]
    public void Training_leaves_no_tensor_behind()
    {
        StartStudy study = Study(new StartStudySettings { Epochs = 4, Learning = Learning });
        var live = new List<long>();

        study.Run("fluctuation", seed: 1, _ => live.Add(torch.Tensor.TotalCount));

        Assert.Single(live.Distinct());
    }

    private static SequenceLearningSettings Learning { get; } = new() { BatchSize = 20, LearningRate = 1e-2 };

    private static StartStudy Study(StartStudySettings settings) => new(Graph(), Sets.Training, Sets.Test, settings);

    private static NetworkGraph Graph() => CurrentBasedNetwork.Build(new CurrentBasedSettings { Inputs = 12, Hidden = [32, 32], Outputs = Classes, TauSteps = (5f, 2.5f), ReadoutTauSteps = 40f });
}
