using System.Text.Json.Nodes;
using StereoSpike.Model;

namespace StereoSpike.Readout.Tests.Networks;

public class StereoSpikeSettingsTests
{
    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var settings = new StereoSpikeSettings
        {
            Width = 87,
            Height = 65,
            InputChannels = 34,
            Kind = ConvolutionKind.Separable,
            Channels = 0.3,
            Neuron = NeuronKind.Plif,
            InputGain = 10f,
            TauSteps = 1.7f,
            Surrogate = "superspike:12.5",
            Heads = [1, 3],
            Skips = false,
            Downsample = 2,
            Unit = DepthUnit.DisparityPx,
            ReadoutOffset = 11.3f,
            ReadoutScale = 0.1f,
            WindowUs = 150_000,
            Encoder = "coincidence:disparities=32,step=1",
            FocalBaselinePxMetres = 19.941772,
        };

        StereoSpikeSettings read = StereoSpikeSettings.FromJson(settings.ToJson(), "w");

        Assert.Equal(settings.ToJson(), read.ToJson());
        Assert.Equal(settings with { Heads = read.Heads }, read);   // lists compare by reference
        Assert.Equal([1, 3], read.Heads);
    }

    [Fact]
    public void The_text_is_one_line_in_snake_case()
    {
        string json = new StereoSpikeSettings { Unit = DepthUnit.LogMetres }.ToJson();

        Assert.DoesNotContain('\n', json);
        JsonObject fields = JsonNode.Parse(json)!.AsObject();
        Assert.Equal("log_metres", (string?)fields["unit"]);
        Assert.Equal("dense", (string?)fields["kind"]);
        Assert.Equal(4, (int?)fields["input_channels"]);
        Assert.Equal("atan:2", (string?)fields["surrogate"]);
        Assert.DoesNotContain("sensor", fields.Select(field => field.Key));
    }

    [Theory]
    [InlineData("""{"colour":"blue"}""", "colour")]
    [InlineData("""{"channels":0}""", "must be greater than 0")]
    [InlineData("""{"channels":9}""", "must be from 0 to 8")]
    [InlineData("""{"width":0}""", "must be from 1 to 16384")]
    [InlineData("""{"height":100000}""", "must be from 1 to 16384")]
    [InlineData("""{"input_channels":0}""", "must be from 1 to 1024")]
    [InlineData("""{"input_gain":-1}""", "must be greater than 0")]
    [InlineData("""{"tau_steps":0.5}""", "must be at least 1")]
    [InlineData("""{"readout_scale":0}""", "must be greater than 0")]
    [InlineData("""{"downsample":9}""", "must be from 1 to 8")]
    [InlineData("""{"window_us":0}""", "must be at least 1")]
    [InlineData("""{"heads":[]}""", "not {}")]
    [InlineData("""{"heads":[2,1]}""", "not {2, 1}")]
    [InlineData("""{"heads":[1,1]}""", "not {1, 1}")]
    [InlineData("""{"heads":[0]}""", "not {0}")]
    [InlineData("""{"heads":null}""", "")]
    [InlineData("""{"encoder":null}""", "")]
    [InlineData("""{"surrogate":"relu"}""", "is no surrogate gradient")]
    [InlineData("""{"kind":"sparse"}""", "")]
    [InlineData("""{"kind":7}""", "")]
    [InlineData("null", "empty")]
    [InlineData("", "")]
    public void What_cannot_be_used_is_refused_with_the_file_named(string json, string found)
    {
        var error = Assert.Throws<InvalidDataException>(() => StereoSpikeSettings.FromJson(json, "run.safetensors"));

        Assert.StartsWith("run.safetensors: network settings: cannot be used (", error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_out_takes_its_default() =>
        Assert.Equal(new StereoSpikeSettings { Channels = 0.5 }.ToJson(), StereoSpikeSettings.FromJson("""{"channels":0.5}""", "w").ToJson());
}
