using StereoSpike.Ingest;
using StereoSpike.Tests;
using StereoSpike.Training.Tests.Runs;

namespace StereoSpike.Training.Tests.Samples;

[Collection(nameof(OneTorchThread))]
public sealed class PreparedSetTests : IDisposable
{
    private static readonly AugmentationSettings Mirrors = new() { HorizontalFlip = 0.5, TimeMirror = 0.5 };
    private readonly TemporaryFolder _folder = new();
    private int _opened;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_from_prepared_samples_is_bit_for_bit_the_run_from_recordings()
    {
        TrainingSettings settings = TinyRun.Settings with { Epochs = 2, Augmentation = TinyRun.Settings.Augmentation with { TimeMirror = 0.5 } };
        PreparedSet.Make(_folder.File("set"), Sources(5), SampleSettings.Of(settings), split: null);

        Run("memory", TrainingSet.Load(Sources(5), settings, cache: null));
        Run("prepared", PreparedSet.Load(_folder.File("set"), settings));
        Run("cached", TrainingSet.Load(Sources(5), settings, new SampleCache(_folder.File("cache"))));

        TinyRun.AssertSame(_folder.File("memory"), _folder.File("prepared"));
        TinyRun.AssertSame(_folder.File("memory"), _folder.File("cached"));

        void Run(string name, (TrainingSet Training, TrainingSet Validation) samples)
        {
            using Trainer trainer = Trainer.Start(settings, samples.Training, samples.Validation, _folder.File(name));
            trainer.Run();
        }
    }

    [Fact]
    public void A_split_gives_each_part_its_labels_and_no_other()
    {
        var split = new DataSplit("by hand",
        [
            new DataSplit.Part("dots 1", new LabelSet([]), new LabelSet([2]), new LabelSet([3])),
            new DataSplit.Part("dots 0", LabelSet.Range(1, 2), new LabelSet([]), new LabelSet([])),
        ]);
        TrainingSettings settings = TinyRun.Settings with { Augmentation = Mirrors };

        PreparedSet set = PreparedSet.Make(_folder.File("set"), Sources(3), SampleSettings.Of(settings), split);
        (TrainingSet training, TrainingSet validation) = PreparedSet.Load(_folder.File("set"), settings);

        Assert.Equal(["dots 0, label 1", "dots 0, label 2"], Enumerable.Range(0, training.Count).Select(i => training[i].Name));
        Assert.Equal(["dots 1, label 2"], Enumerable.Range(0, validation.Count).Select(i => validation[i].Name));
        Assert.Equal(("by hand", "3"), (set.Split, set.Recordings[0].Test));
    }

    [Fact]
    public void A_recording_that_the_split_needs_and_a_label_that_it_lacks_are_named()
    {
        var settings = SampleSettings.Of(TinyRun.Settings);
        var split = new DataSplit("", [new DataSplit.Part("dots 7", new LabelSet([1]), new LabelSet([]), new LabelSet([]))]);
        Assert.StartsWith("The split needs dots 7 (its dots 7_data.hdf5 and dots 7_gt.hdf5), which is not among dots 0.", Refusal(split), StringComparison.Ordinal);

        split = new DataSplit("", [new DataSplit.Part("dots 0", LabelSet.Range(0, 4), new LabelSet([]), new LabelSet([]))]);
        Assert.StartsWith("dots 0: has 4 depth maps, and label 4 is asked for.", Refusal(split), StringComparison.Ordinal);

        string Refusal(DataSplit wanted) => Assert.Throws<InvalidDataException>(() => PreparedSet.Make(_folder.File("set"), Sources(1), settings, wanted)).Message;
    }

    [Fact]
    public void A_set_that_does_not_fit_the_run_is_refused_with_both_sides()
    {
        PreparedSet.Make(_folder.File("set"), Sources(2), SampleSettings.Of(TinyRun.Settings with { Augmentation = new AugmentationSettings() }), split: null);
        string manifest = Path.Combine(_folder.File("set"), "prepared.json");

        Assert.StartsWith($"{manifest}: holds windows of 50000 µs of 32×24 px, and the run asks for 60000 µs of 32×24 px.",
            Refusal(TinyRun.Settings with { Network = TinyRun.Settings.Network with { WindowUs = 60_000 } }), StringComparison.Ordinal);
        Assert.StartsWith($"{manifest}: was prepared without the truths that horizontal_flip and time_mirror need.", Refusal(TinyRun.Settings with { Augmentation = Mirrors }), StringComparison.Ordinal);
        Assert.Contains("every 1. label, and the run asks for every 3.", Refusal(TinyRun.Settings with { LabelStride = 3 }), StringComparison.Ordinal);

        File.WriteAllText(manifest, "{}");
        Assert.StartsWith($"{manifest}: cannot be used (", Refusal(TinyRun.Settings), StringComparison.Ordinal);

        string Refusal(TrainingSettings settings) => Assert.Throws<InvalidDataException>(() => PreparedSet.Load(_folder.File("set"), settings)).Message;
    }

    [Fact]
    public void What_is_prepared_is_not_made_again_unless_the_recording_or_a_setting_changed()
    {
        var settings = SampleSettings.Of(TinyRun.Settings);
        PreparedSet.Make(_folder.File("set"), Sources(3), settings, split: null);
        Assert.Equal(3, _opened);

        PreparedSet.Make(_folder.File("set"), Sources(3), settings, split: null);
        Assert.Equal(3, _opened);

        PreparedSet.Make(_folder.File("set"), Sources(3), settings with { WindowUs = 40_000 }, split: null);
        Assert.Equal(6, _opened);

        RecordingSource changed = Sources(1)[0] with { Identity = "0, written again" };
        PreparedSet.Make(_folder.File("set"), [changed, .. Sources(3).Skip(1)], settings, split: null);
        Assert.Equal(7, _opened);
    }

    [Fact]
    public async Task Who_needs_a_file_that_another_is_making_waits_for_it()
    {
        var settings = SampleSettings.Of(TinyRun.Settings);
        using var making = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        RecordingSource slow = Sources(1)[0] with
        {
            Open = () =>
            {
                Interlocked.Increment(ref _opened);
                making.Set();
                go.Wait(TimeSpan.FromSeconds(30));
                return new DotRecording(0);
            },
        };
        Task<int> first = Task.Run(() => new SampleCache(_folder.File("cache")).Get(slow, settings).Count);
        making.Wait(TimeSpan.FromSeconds(30));
        Task<int> second = Task.Run(() => new SampleCache(_folder.File("cache")).Get(slow, settings).Count);
        await Task.Delay(300);
        Assert.False(second.IsCompleted);
        go.Set();

        Assert.Equal((4, 4, 1), (await first, await second, _opened));
        Assert.Single(Directory.GetFiles(_folder.File("cache")));   // no lock and no part of a file is left
    }

    [Fact]
    public void A_damaged_file_is_refused_by_name_wherever_the_damage_is()
    {
        var settings = SampleSettings.Of(TinyRun.Settings);
        SampleFile file = new SampleCache(_folder.File("cache")).Get(Sources(1)[0], settings);
        byte[] whole = File.ReadAllBytes(file.Path);
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i == 0 ? 0 : random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file.Path, i % 4 == 3 ? damaged[..random.Next(damaged.Length)] : damaged);

            var error = Assert.ThrowsAny<InvalidDataException>(ReadAll);

            Assert.StartsWith(file.Path, error.Message, StringComparison.Ordinal);
            Assert.EndsWith("Delete it and prepare it again.", error.Message, StringComparison.Ordinal);
        }

        void ReadAll()
        {
            SampleFile opened = SampleFile.Open(file.Path);
            for (int i = 0; i < opened.Count; i++)
            {
                opened.Read(i);
            }
        }
    }

    private RecordingSource[] Sources(int count) =>
    [
        .. Enumerable.Range(0, count).Select(seed => new RecordingSource($"dots {seed}", $"{seed}", () =>
        {
            Interlocked.Increment(ref _opened);
            return new DotRecording(seed);
        })),
    ];
}
