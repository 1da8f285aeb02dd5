using System.Globalization;
using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Tests;
using StereoSpike.Training.Tests.Runs;

namespace StereoSpike.Training.Tests.Watching;

[Collection(nameof(OneTorchThread))]
public sealed class RunLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_layer_has_a_line_an_epoch_whose_mean_over_the_neurons_is_the_logs_firing_rate()
    {
        string folder = _folder.File("run");
        TinyRun.Start(folder, TinyRun.Settings with { Epochs = 2 });
        string[][] lines = [.. File.ReadAllLines(Path.Combine(folder, RunLog.LayersFile)).Skip(1).Select(line => line.Split(','))];
        NetworkGraph graph = StereoSpikeNetwork.Build(TinyRun.Settings.Network);

        string[] first = [.. lines.Where(line => line[0] == "0").Select(line => line[1])];
        Assert.Equal(first, lines.Where(line => line[0] == "1").Select(line => line[1]));
        Assert.Equal(graph.FiringNodes.Select(node => node.Name), lines.Where(line => line[0] == "0" && line[2] == "neurons").Select(line => line[1]));
        Assert.Contains("add1", first);

        double[][] neurons = [.. lines.Where(line => line[0] == "1" && line[2] == "neurons").Select(line => new[] { Number(line[3]), Number(line[4]), Number(line[5]) })];
        double mean = neurons.Sum(layer => layer[0] * layer[1]) / neurons.Sum(layer => layer[0]);
        Assert.Equal(Number(File.ReadAllLines(Path.Combine(folder, "log.csv"))[2].Split(',')[7]), mean, 1e-4);   // printed to four decimals
        Assert.All(neurons, layer => Assert.Equal(layer[1], layer[2]));   // a neuron spikes at most once a step, so share and mean count agree
    }

    [Fact]
    public void TensorBoard_is_given_each_epochs_figures_and_layers()
    {
        string folder = _folder.File("run");
        TinyRun.Start(folder, TinyRun.Settings with { Epochs = 2 });

        IReadOnlyList<(long Step, string Tag, float Value)> events = TinyRun.Events(folder);

        double loss = Number(File.ReadAllLines(Path.Combine(folder, "log.csv"))[2].Split(',')[3]);
        Assert.Equal(loss, events.Single(value => value.Step == 1 && value.Tag == "run/training_loss").Value, 1e-5);
        Assert.Contains(events, value => value is { Step: 1, Tag: "firing_rate/bottom" });
        Assert.Contains(events, value => value is { Step: 1, Tag: "mean_count/add1" });
    }

    [Fact]
    public void The_words_beside_the_bar_name_the_last_validation_also_after_a_resume()
    {
        RunLog log = RunLog.Start(_folder.File("run"));
        Assert.Equal("epoch 1, loss 0.5000", log.Note(0, 0.5, samples: 4));

        log.Add(new EpochFigures(0, 8, 1e-3, 0.5, 43.21, 2, 0.3, 0.0712, 0.01, 9), []);

        Assert.Equal("epoch 2, loss 0.2500, depth error 43.2 cm, firing 7.1 %", log.Note(1, 0.25, samples: 4));
        Assert.Matches(@"^epoch 2, loss 0\.2500, depth error 43\.2 cm, firing 7\.1 %, [0-9.]+ samples/s$", log.Note(1, 0.25, samples: 4));
        Assert.Equal("epoch 2, loss 0.2500, depth error 43.2 cm, firing 7.1 %", RunLog.Resume(_folder.File("run"), 1).Note(1, 0.25, samples: 4));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
