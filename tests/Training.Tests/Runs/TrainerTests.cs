using System.Diagnostics;
using StereoSpike.Files;
using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Tests;
using TorchSharp;

namespace StereoSpike.Training.Tests.Runs;

[Collection(nameof(OneTorchThread))]
public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_settings_give_the_same_weights_bit_for_bit_and_another_seed_gives_others()
    {
        TinyRun.Start(_folder.File("a"));
        TinyRun.Start(_folder.File("b"));
        TinyRun.Start(_folder.File("c"), TinyRun.Settings with { Seed = 2 });

        TinyRun.AssertSame(_folder.File("a"), _folder.File("b"));
        Assert.NotEqual(TinyRun.Log(_folder.File("a")), TinyRun.Log(_folder.File("c")));
        Assert.Equal(7, TinyRun.Log(_folder.File("a")).Length);   // a header and six epochs
    }

    [Fact]
    public void Training_begins_from_the_start_asked_for()
    {
        // A learning rate that moves nothing: what validation sees after the epoch is the start. Twice the weights let more neurons fire in every layer that their neighbours reach.
        double weak = MeanRate("fluctuation:sigma=0.5"), strong = MeanRate("fluctuation:sigma=1"), silent = MeanRate("default");

        Assert.InRange(weak, 0.002, 0.1);
        Assert.InRange(strong, 2 * weak, 0.5);
        Assert.NotEqual(silent, MeanRate(TrainingSettings.ScaledRates));

        double MeanRate(string initialization)
        {
            string folder = _folder.File(initialization.Replace(':', '-'));
            EpochFigures figures = TinyRun.Start(folder, TinyRun.Settings with { Initialization = initialization, Epochs = 1, LearningRate = 1e-12 })!;
            return figures.FiringRate;
        }
    }

    [Theory]
    [InlineData(1)]    // the first step
    [InlineData(11)]   // in the second epoch
    [InlineData(16)]   // its last step: the epoch's validation is still to come
    public void A_cancelled_run_resumes_as_if_nothing_had_happened(int step)
    {
        TinyRun.Start(_folder.File("whole"));
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => TinyRun.Start(_folder.File("cut"), progress: new AtStep(step, cancellation.Cancel), cancellation: cancellation.Token));
        Assert.Equal(step, Checkpoint.Load(TinyRun.LastOf(_folder.File("cut"))).Steps);
        TinyRun.Resume(_folder.File("cut"));

        TinyRun.AssertSame(_folder.File("whole"), _folder.File("cut"));
    }

    [Fact]
    public async Task A_run_killed_twice_resumes_as_if_nothing_had_happened()
    {
        TinyRun.Start(_folder.File("whole"));
        string folder = Directory.CreateDirectory(_folder.File("killed")).FullName;

        await KillAfter(folder, lines: 2);
        await KillAfter(folder, lines: 4);
        TinyRun.Resume(folder);

        TinyRun.AssertSame(_folder.File("whole"), folder);
    }

    [Fact]
    public void A_run_with_rounded_weights_saves_them_rounded_resumes_with_the_real_ones_and_learns()
    {
        TrainingSettings settings = TinyRun.Settings with { WeightBits = 4 };
        string whole = _folder.File("whole"), cut = _folder.File("cut");
        using var cancellation = new CancellationTokenSource();

        TinyRun.Start(whole, settings);
        Assert.Throws<OperationCanceledException>(() => TinyRun.Start(cut, settings, new AtStep(11, cancellation.Cancel), cancellation.Token));
        TinyRun.Resume(cut);

        TinyRun.AssertSame(whole, cut);
        IReadOnlyDictionary<string, WeightTensor> best = StereoSpikeWeights.Load(Path.Combine(whole, Trainer.BestWeights)).Tensors, last = Checkpoint.Load(TinyRun.LastOf(whole)).Tensors;
        float[] kernel = best["conv1.weight"].Values[..(best["conv1.weight"].Values.Length / best["conv1.weight"].Shape[0])];
        Assert.InRange(kernel.Distinct().Count(), 2, 15);   // −7 … 7 of one channel's step
        Assert.True(last["conv1.weight"].Values.Distinct().Count() > 15 * best["conv1.weight"].Shape[0]);
        double[] losses = [.. TinyRun.Log(whole).Skip(1).Select(line => double.Parse(line.Split(',')[3], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.True(losses[^1] < losses[0], string.Join(", ", losses));
    }

    [Fact]
    public void What_a_kill_left_in_the_log_is_written_again()
    {
        TinyRun.Start(_folder.File("whole"));
        string folder = _folder.File("torn"), log = Path.Combine(folder, "log.csv");
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => TinyRun.Start(folder, progress: new AtStep(24, cancellation.Cancel), cancellation: cancellation.Token));

        // The third epoch's line, whole, and a torn one that begins like an earlier epoch's: its checkpoint was never written.
        File.AppendAllText(log, "2,24,0.002,1.1,1.1,1.1,0.1,0.1,0.1,7\n1");
        TinyRun.Resume(folder);

        TinyRun.AssertSame(_folder.File("whole"), folder);
    }

    [Fact]
    public void A_finished_run_resumes_to_nothing_more()
    {
        TinyRun.Start(_folder.File("run"));
        byte[] before = File.ReadAllBytes(TinyRun.LastOf(_folder.File("run")));

        Assert.Null(TinyRun.Resume(_folder.File("run")));
        Assert.Equal(before, File.ReadAllBytes(TinyRun.LastOf(_folder.File("run"))));
    }

    [Fact]
    public void Batches_whose_gradients_are_accumulated_make_the_steps_of_one_large_batch()
    {
        // No clipping, penalty, floor or edges: those are not sums over samples. 16 samples make one step either way; after it, rounding may turn spikes around.
        TrainingSettings large = TinyRun.Settings with { Epochs = 1, BatchSize = 16, ClipNorm = 0, PenaltyWeight = 0, RateFloorWeight = 0, EdgeWeight = 0 };
        TinyRun.Start(_folder.File("large"), large);
        TinyRun.Start(_folder.File("small"), large with { BatchSize = 2, AccumulatedBatches = 8 });

        Checkpoint expected = Checkpoint.Load(TinyRun.LastOf(_folder.File("large"))), found = Checkpoint.Load(TinyRun.LastOf(_folder.File("small")));
        Assert.Equal((1L, 1L), (expected.Steps, found.Steps));

        // Adam's first moment is a tenth of the gradient: a mean over 16 samples of sums of thousands of floats, in another order.
        foreach ((string name, WeightTensor tensor) in expected.Tensors.Where(pair => pair.Key.StartsWith("adam.m.", StringComparison.Ordinal)))
        {
            float largest = tensor.Values.Max(MathF.Abs);
            Assert.All(tensor.Values.Zip(found.Tensors[name].Values), pair => Assert.Equal(pair.First, pair.Second, (1e-3f * largest) + 1e-9f));
        }
    }

    [Fact]
    public void A_run_of_accumulated_batches_resumes_at_a_whole_step_as_if_nothing_had_happened()
    {
        TrainingSettings settings = TinyRun.Settings with { AccumulatedBatches = 3 };
        TinyRun.Start(_folder.File("whole"), settings);
        using var cancellation = new CancellationTokenSource();

        // The batch told of is the tenth: the second of the second epoch, in the middle of a step.
        Assert.Throws<OperationCanceledException>(() => TinyRun.Start(_folder.File("cut"), settings, new AtStep(10, cancellation.Cancel), cancellation.Token));
        Checkpoint cut = Checkpoint.Load(TinyRun.LastOf(_folder.File("cut")));
        Assert.Equal((1, 3, 4L), (cut.Epoch, cut.BatchesDone, cut.Steps));   // 8 batches an epoch make 3 steps, of 3, 3 and 2
        TinyRun.Resume(_folder.File("cut"));

        TinyRun.AssertSame(_folder.File("whole"), _folder.File("cut"));
    }

    [Fact]
    public void A_run_that_averages_its_weights_keeps_the_average_and_resumes_as_if_nothing_had_happened()
    {
        TrainingSettings settings = TinyRun.Settings with { AverageDecay = 0.9 };
        TinyRun.Start(_folder.File("whole"), settings);
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => TinyRun.Start(_folder.File("cut"), settings, new AtStep(11, cancellation.Cancel), cancellation.Token));
        TinyRun.Resume(_folder.File("cut"));

        TinyRun.AssertSame(_folder.File("whole"), _folder.File("cut"));

        // After one epoch, the best weights are that epoch's: the average, not the last step's.
        TinyRun.Start(_folder.File("one"), settings with { Epochs = 1 });
        IReadOnlyDictionary<string, WeightTensor> last = Checkpoint.Load(TinyRun.LastOf(_folder.File("one"))).Tensors;
        IReadOnlyDictionary<string, WeightTensor> best = StereoSpikeWeights.Load(Path.Combine(_folder.File("one"), Trainer.BestWeights)).Tensors;
        Assert.Equal(last["average.conv1.weight"].Values, best["conv1.weight"].Values);
        Assert.NotEqual(last["conv1.weight"].Values, best["conv1.weight"].Values);
    }

    [Theory]
    [InlineData("adam.v.conv1.weight")]
    [InlineData("deconv1.weight")]
    public void A_checkpoint_with_one_flipped_bit_is_refused_and_the_tensor_named(string tensor)
    {
        string folder = _folder.File("run"), last = TinyRun.LastOf(folder);
        TinyRun.Start(folder, TinyRun.Settings with { Epochs = 1 });
        (IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string> texts) = SafetensorsFile.Read(last);
        float value = tensors[tensor].Values[3];
        tensors[tensor].Values[3] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) ^ 1);
        SafetensorsFile.Write(last, tensors, texts);

        Assert.StartsWith($"{last}: is damaged: tensor {tensor} is not as it was written.", Assert.Throws<InvalidDataException>(() => TinyRun.Resume(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_gets_no_better_ends_when_its_patience_does()
    {
        // A step of 1e-12 changes no weight of a float, so the first epoch stays the best.
        TinyRun.Start(_folder.File("run"), TinyRun.Settings with { LearningRate = 1e-12, PatienceEpochs = 2 });

        Assert.Equal(1 + 3, TinyRun.Log(_folder.File("run")).Length);
    }

    [Fact]
    public void A_checkpoint_that_is_missing_cut_short_or_no_checkpoint_is_refused_by_name()
    {
        string folder = _folder.File("run"), last = TinyRun.LastOf(folder);
        Assert.StartsWith($"{last}: there is no checkpoint to resume.", Assert.Throws<FileNotFoundException>(() => TinyRun.Resume(folder)).Message, StringComparison.Ordinal);

        TinyRun.Start(folder, TinyRun.Settings with { Epochs = 1 });
        byte[] whole = File.ReadAllBytes(last);
        File.WriteAllBytes(last, whole[..(whole.Length / 2)]);
        Assert.StartsWith(last, Assert.Throws<InvalidDataException>(() => TinyRun.Resume(folder)).Message, StringComparison.Ordinal);

        File.Copy(Path.Combine(folder, Trainer.BestWeights), last, overwrite: true);
        Assert.StartsWith($"{last}: holds weights but no state of a run.", Assert.Throws<InvalidDataException>(() => TinyRun.Resume(folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 2")]
    [InlineData("x 0 8 0 0 0")]
    [InlineData("-1 0 8 0 0 0")]
    public void A_state_that_cannot_be_read_is_refused_by_name(string state)
    {
        string folder = _folder.File("run"), last = TinyRun.LastOf(folder);
        TinyRun.Start(folder, TinyRun.Settings with { Epochs = 1 });
        (IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string> texts) = SafetensorsFile.Read(last);
        var changed = new Dictionary<string, string>(texts) { ["state"] = state };
        changed.Remove("crc32c");   // as in checkpoints before there were checksums
        SafetensorsFile.Write(last, tensors, changed);

        var error = Assert.Throws<InvalidDataException>(() => Checkpoint.Load(last));

        Assert.StartsWith($"{last}: has a state that cannot be read (\"{state}\").", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_not_resumed_on_other_data()
    {
        string folder = _folder.File("run");
        TinyRun.Start(folder, TinyRun.Settings with { Epochs = 1 });
        (TrainingSet training, TrainingSet validation) = TinyRun.Samples(recordings: 4);

        var error = Assert.Throws<InvalidDataException>(() => Trainer.Resume(Checkpoint.Load(TinyRun.LastOf(folder)), training, validation, folder));

        Assert.StartsWith($"{TinyRun.LastOf(folder)}: state: stands at step 8, batch 0 of epoch 1, which 12 samples in batches of 2 do not come to.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_holds_a_run_is_not_overwritten()
    {
        TinyRun.Start(_folder.File("run"), TinyRun.Settings with { Epochs = 1 });

        var error = Assert.Throws<IOException>(() => TinyRun.Start(_folder.File("run")));

        Assert.Contains("holds a run already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_trainer_on_a_runs_folder_is_refused_by_the_locks_name_until_the_first_ends()
    {
        string folder = _folder.File("run");
        (TrainingSet training, TrainingSet validation) = TinyRun.Samples();
        TrainingSettings settings = TinyRun.Settings with { Epochs = 1 };
        using (Trainer first = Trainer.Start(settings, training, validation, folder))
        {
            var error = Assert.Throws<IOException>(() => TinyRun.Resume(folder));
            Assert.StartsWith($"{Path.Combine(folder, "run.lock")}: another training works in this folder", error.Message, StringComparison.Ordinal);
            Assert.Throws<IOException>(() => TinyRun.Start(folder));
        }

        Assert.NotNull(TinyRun.Resume(folder));
    }

    [Fact]
    public void A_loss_that_is_no_number_names_its_samples_and_leaves_the_last_good_checkpoint()
    {
        string folder = _folder.File("run");
        TrainingSettings settings = TinyRun.Settings with { BatchSize = 1, LearningRate = 1e30, ClipNorm = 0, Epochs = 1, Loss = LossKind.Paper };
        (TrainingSet training, TrainingSet validation) = TrainingSet.Load([() => new DotRecording(1), () => new DotRecording(2)], settings with { ValidationShare = 0.5 });
        using Trainer trainer = Trainer.Start(settings, training, validation, folder);

        var error = Assert.Throws<InvalidDataException>(() => trainer.Run());

        Assert.Matches(@"^The loss is (NaN|∞|-∞|Infinity) at step \d, epoch 0, on dots 1, label \d\. last\.safetensors keeps the last good state", error.Message);
        Checkpoint kept = Checkpoint.Load(TinyRun.LastOf(folder));
        Assert.All(kept.Tensors.Values, tensor => Assert.All(tensor.Values, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void Live_tensors_do_not_grow_from_step_to_step()
    {
        var counts = new List<long>();

        TinyRun.Start(_folder.File("run"), TinyRun.Settings with { Epochs = 3 }, new EachStep(() => counts.Add(torch.Tensor.TotalCount)));

        Assert.Equal(24, counts.Count);
        Assert.All(counts[2..], count => Assert.Equal(counts[1], count));   // from the second step on all gradients are there
    }

    [Theory]
    [InlineData(NeuronKind.If, 1f, LossKind.EventWeighted)]
    [InlineData(NeuronKind.Plif, 10f, LossKind.EventWeighted)]
    public void A_tiny_network_learns_one_sample_by_heart(NeuronKind neuron, float gain, LossKind loss)
    {
        TrainingSettings settings = TinyRun.Settings with
        {
            Network = TinyRun.Settings.Network with { Channels = 0.25, Neuron = neuron, InputGain = gain },
            Epochs = 150,
            BatchSize = 1,
            LearningRate = 5e-3,
            Loss = loss,
            BackgroundWeight = 0,
            PenaltyWeight = 0,
            RateFloorWeight = 0,
            ValidationShare = 0,
            Augmentation = new AugmentationSettings(),
        };
        (TrainingSet training, TrainingSet validation) = TrainingSet.Load([() => new DotRecording(1) { LabelTimesUs = [50_000] }], settings);
        using Trainer trainer = Trainer.Start(settings, training, validation, _folder.File("run"));

        trainer.Run();

        double[] losses = [.. TinyRun.Log(_folder.File("run")).Skip(1).Select(line => double.Parse(line.Split(',')[3], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.True(losses[^1] <= 0.2 * losses[0], $"the loss fell from {losses[0]} to {losses[^1]} only");
    }

    [Fact]
    public void At_the_start_every_layer_fires_on_real_windows()
    {
        (TrainingSet training, TrainingSet validation) = TinyRun.Samples();
        using Trainer trainer = Trainer.Start(TinyRun.Settings, training, validation, _folder.File("run"));
        StereoSpikeSettings network = trainer.Settings.Network;
        NetworkGraph graph = StereoSpikeNetwork.Build(network);
        var weights = Checkpoint.Load(TinyRun.LastOf(_folder.File("run"))).Tensors.Where(tensor => !tensor.Key.StartsWith("adam.", StringComparison.Ordinal)).ToDictionary();
        using var module = new GraphModule(graph, weights);
        Batch batch = Batch.Of([training[0], training[5], training[10]], Ingest.EncoderCatalogue.Create(network.Encoder), network);
        using torch.Tensor input = torch.tensor(batch.Input, [3, 4, 24, 32]);
        using GraphRun run = module.Run(input);

        var rates = new FiringRates(graph);
        rates.Add(run);

        // Scaled on other windows of the same kind to 5 and 10 %; the deepest layers have 4 neurons a channel here, so their shares are coarse.
        Assert.All(rates.ByLayer, layer => Assert.InRange(layer.Value, 0.005, 0.5));
    }

    private static async Task KillAfter(string folder, int lines)
    {
        string program = typeof(TrainerTests).Assembly.Location, log = Path.Combine(folder, "log.csv");
        using Process child = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", program, folder]))!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!File.Exists(log) || Lines() < lines)
        {
            Assert.False(child.HasExited, $"the run ended with code {(child.HasExited ? child.ExitCode : 0)} before it could be killed");
            await Task.Delay(2, patience.Token);
        }

        await Task.Delay(7, patience.Token);   // somewhere in the next epoch
        child.Kill();                          // SIGKILL: nothing of the child's runs after it
        await child.WaitForExitAsync(patience.Token);
        Assert.NotEqual(0, child.ExitCode);

        int Lines()
        {
            using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd().Count(character => character == '\n');
        }
    }

    private sealed class EachStep(Action action) : IWorkProgress
    {
        public void Report(long done, long total, string? note = null) => action();
    }

    private sealed class AtStep(int step, Action action) : IWorkProgress
    {
        public void Report(long done, long total, string? note = null)
        {
            if (done == step)
            {
                action();
            }
        }
    }
}
