using StereoSpike.Readout;

namespace StereoSpike.Training.Tests.Runs;

public class TrainingSettingsTests
{
    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        TrainingSettings settings = TinyRun.Settings with { Data = ["a", "b"], Milestones = [3, 5], Seed = -7, Initialization = "fluctuation:sigma=0.8" };

        Assert.Equal(settings.ToJson(), TrainingSettings.FromJson(settings.ToJson(), "settings.json").ToJson());
    }

    [Theory]
    [InlineData("""{"epoch":3}""", "epoch")]
    [InlineData("""{"epochs":0}""", "must be at least 1")]
    [InlineData("""{"learning_rate":0}""", "must be greater than 0")]
    [InlineData("""{"validation_share":1}""", "must be from 0 to 0.9")]
    [InlineData("""{"augmentation":{"event_drop":1}}""", "must be from 0 to 0.95")]
    [InlineData("""{"augmentation":null}""", "")]
    [InlineData("""{"network":{"channels":-1}}""", "must be greater than 0")]
    [InlineData("""{"initialization":"wish"}""", "is no initialisation; known are")]
    [InlineData("""{"loss":1}""", "")]
    [InlineData("{", "")]
    public void What_cannot_be_used_is_refused_with_the_file_named(string json, string found)
    {
        var error = Assert.Throws<InvalidDataException>(() => TrainingSettings.FromJson(json, "settings.json"));

        Assert.StartsWith("settings.json: training settings: cannot be used (", error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_setting_can_be_changed_by_its_name_in_the_file()
    {
        TrainingSettings changed = new[] { "clip_norm=1.5", "network.tau_steps=2", "network.surrogate=sigmoid:4", "milestones=[1,2]", "schedule=linear_tail", "layer_penalties.bottom=0.25", "augmentation.shift_px=3", "initial_weights=null" }
            .Aggregate(TinyRun.Settings with { InitialWeights = "a" }, (settings, assignment) => settings.With(assignment));

        Assert.Equal((1.5, 2f, "sigmoid:4", ScheduleKind.LinearTail), (changed.ClipNorm, changed.Network.TauSteps, changed.Network.Surrogate.ToString(), changed.Schedule));
        Assert.Equal([1, 2], changed.Milestones);
        Assert.Equal((0.25f, 3, (string?)null), (changed.LayerPenalties["bottom"], changed.Augmentation.ShiftPx, changed.InitialWeights));
    }

    [Theory]
    [InlineData("clip_norm", "names no setting; write NAME=VALUE")]
    [InlineData("net.tau_steps=2", "names no setting; write NAME=VALUE")]
    [InlineData("clipnorm=2", "\"clipnorm=2\": there is no setting clipnorm; beside it there are network, seed, epochs,")]
    [InlineData("network.colour=2", "there is no setting colour; beside it there are width, height,")]
    [InlineData("clip_norm=much", "clip_norm=much: training settings: cannot be used (")]
    [InlineData("average_decay=1", "must be at least 0 and less than 1; it is 1")]
    [InlineData("layer_penalties.bottom=-1", "A layer's penalty weight must be at least 0.")]
    public void A_change_that_is_none_is_refused_by_its_text(string assignment, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<Exception>(() => TinyRun.Settings.With(assignment)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(7, 2e-4)]
    [InlineData(8, 1e-4)]
    [InlineData(41, 1e-4)]
    [InlineData(42, 5e-5)]
    [InlineData(60, 2.5e-5)]
    public void The_papers_rate_halves_at_epochs_8_42_and_60(int epoch, double rate) =>
        Assert.Equal(rate, TrainingPresets.Named("mvsec-paper").LearningRateAt(epoch, 0), 1e-12);

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.6, 1.0)]
    [InlineData(0.8, 0.51)]   // half way down to 0.02
    [InlineData(1.0, 0.02)]
    public void The_linear_tail_falls_to_two_percent_over_the_last_forty(double progress, double share) =>
        Assert.Equal(share, new TrainingSettings { Schedule = ScheduleKind.LinearTail, LearningRate = 1 }.LearningRateAt(0, progress), 1e-12);

    [Fact]
    public void The_papers_preset_is_the_papers_network()
    {
        TrainingSettings paper = TrainingPresets.Named("mvsec-paper");

        Assert.Equal((LossKind.Paper, 1, 70, 2e-4, 0.0), (paper.Loss, paper.BatchSize, paper.Epochs, paper.LearningRate, paper.ClipNorm));
        Assert.Equal((ConvolutionKind.Dense, 1.0, 10f, 3f, DepthUnit.Metres), (paper.Network.Kind, paper.Network.Channels, paper.Network.InputGain, paper.Network.TauSteps, paper.Network.Unit));
    }

    [Fact]
    public void An_unknown_preset_is_refused_with_the_known_ones() =>
        Assert.StartsWith("\"best\" is no preset; known are sim-small", Assert.Throws<ArgumentException>(() => TrainingPresets.Named("best")).Message, StringComparison.Ordinal);
}
