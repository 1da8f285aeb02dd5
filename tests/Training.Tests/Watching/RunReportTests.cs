using System.Text.RegularExpressions;
using System.Xml;
using StereoSpike.Tests;
using StereoSpike.Training.Tests.Runs;

namespace StereoSpike.Training.Tests.Watching;

[Collection(nameof(OneTorchThread))]
public sealed class RunReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_finished_run_has_a_page_that_needs_nothing_else()
    {
        string folder = _folder.File("run");
        TinyRun.Start(folder, TinyRun.Settings with { Epochs = 3, Data = ["<b>&\"quoted\""], Seed = 77 });

        string page = File.ReadAllText(Path.Combine(folder, RunReport.FileName));

        Assert.DoesNotMatch(@"(?:src|href)=""(?!data:)|https?:|<script|@import|url\(", page);
        Assert.Contains("&lt;b&gt;&amp;&quot;quoted&quot;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>&\"", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", page, StringComparison.Ordinal);
        Assert.Contains("seed 77", page, StringComparison.Ordinal);
        Assert.Equal(["best", "median", "worst"], Regex.Matches(page, "<figcaption>(\\w+): dots 4, label \\d, mean depth error [0-9.]+ cm").Select(match => match.Groups[1].Value));
        Assert.Equal(6, Regex.Count(page, "class=\"title\""));                                                       // curves
        Assert.Equal(19, Regex.Count(page, "<tr class=\"(?:neurons|sum)\">"));                                      // 13 layers of neurons, 2 residual sums, 4 skip sums
        Assert.All(Regex.Matches(page, "<svg.*?</svg>").Select(match => match.Value), svg => new XmlDocument().LoadXml(svg));
        Assert.Equal(3, Regex.Count(page, "src=\"data:image/png;base64,iVBORw0KGgo"));
    }

    [Fact]
    public void The_examples_are_in_the_order_of_their_errors_and_read_back_as_they_were_written()
    {
        string folder = _folder.File("run");
        TinyRun.Start(folder, TinyRun.Settings with { Epochs = 1 });

        IReadOnlyList<Example> examples = ExampleFile.Read(folder);
        double[] errors = [.. examples.Select(example => example.Truth.Metres.Zip(example.Prediction.Metres).Where(pair => !float.IsNaN(pair.First)).Average(pair => Math.Abs(pair.First - pair.Second)))];

        Assert.Equal(errors.Order(), errors);
        using var recording = new DotRecording(4);
        Assert.All(examples, example =>
        {
            int label = int.Parse(example.Sample[^1..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(40, example.Events.Values.Sum());   // 40 dots a label, each once
            Assert.Equal(recording.ReadDepth(label).KnownPixels, example.Truth.KnownPixels);
        });

        string[] before = [.. examples.Select(example => example.Sample)];
        ExampleFile.Write(_folder.File("copy"), examples);
        Assert.Equal(before, ExampleFile.Read(_folder.File("copy")).Select(example => example.Sample));
    }

    [Fact]
    public void A_page_is_drawn_while_the_run_has_not_finished_an_epoch_and_without_a_validation_set()
    {
        string folder = _folder.File("run");
        TrainingSettings settings = TinyRun.Settings with { ValidationShare = 0, Epochs = 1 };
        (TrainingSet training, TrainingSet validation) = TrainingSet.Load([() => new DotRecording(1)], settings);
        using Trainer trainer = Trainer.Start(settings, training, validation, folder);
        Assert.Contains("0 of 1 epochs", File.ReadAllText(RunReport.Write(folder)), StringComparison.Ordinal);

        trainer.Run();

        string page = File.ReadAllText(Path.Combine(folder, RunReport.FileName));
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "class=\"title\""));   // loss and learning rate
    }

    [Fact]
    public void A_folder_without_a_run_and_a_torn_log_are_refused_by_name()
    {
        Assert.StartsWith($"{_folder.Path}: holds no run (settings.json and log.csv).", Assert.Throws<FileNotFoundException>(() => RunReport.Write(_folder.Path)).Message, StringComparison.Ordinal);

        File.WriteAllText(_folder.File("settings.json"), TinyRun.Settings.ToJson());
        File.WriteAllText(_folder.File("log.csv"), "epoch,steps\n0,1\n1\n");
        Assert.StartsWith($"{_folder.File("log.csv")}: line 3: holds 1 values under 2 names.", Assert.Throws<InvalidDataException>(() => RunReport.Write(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_curve_runs_from_the_left_to_the_right_end_and_a_higher_value_stands_higher()
    {
        string svg = SvgChart.Draw("loss", [3, double.NaN, 1]);

        // 420 px wide with 58 left and 12 right of the curve; 220 high with 30 above and 34 below. Ticks of 0.5 from 1 to 3 fit both ends.
        Assert.Contains("points=\"58.0,30.0 408.0,186.0\"", svg, StringComparison.Ordinal);
        Assert.Equal("", SvgChart.Draw("loss", [double.NaN]));
    }
}
